const i8 SMALL = 300
const i32 LARGE = 3000000000
const double HUGE = 1e999
