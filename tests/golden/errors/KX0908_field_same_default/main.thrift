struct Page {
  1: i32 size = 50
}
