cnncalc summary my-network
