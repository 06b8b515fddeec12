cnncalc help tutorail
