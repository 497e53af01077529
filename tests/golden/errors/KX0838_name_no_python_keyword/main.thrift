struct Message {
  1: string from
  2: string to
}
