const bool ON = 2
