const double RATIO = 1.
const i32 MASK = 0XFF
const i32 ODD = 0xZZ
const i32 MODE = 0o99
