const i32 OFFSET = -0x10

enum Level {
  LOW = -0x1
  HIGH = 2
}
