struct NotFound {
  1: string what
}
