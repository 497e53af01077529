enum Level {
  LOW = 8
  HIGH = 010
}
