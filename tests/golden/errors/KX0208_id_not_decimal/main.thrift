struct User {
  0x10: string name
}
