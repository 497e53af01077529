const i32 MODE = 0755
const i32 DAY = 08
