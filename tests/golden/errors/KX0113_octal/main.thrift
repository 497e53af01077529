const i32 MODE = 0o755

enum Level {
  LOW = 0o17
}
