union Answer {
  1: string text = "x"
  2: i32 number = 1
}
