exception NotFound {
  1: string what
}
