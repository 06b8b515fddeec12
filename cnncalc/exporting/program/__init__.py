"""What a program of a net is made of, whatever framework it is for: functions, calls, loops, names, expressions."""
