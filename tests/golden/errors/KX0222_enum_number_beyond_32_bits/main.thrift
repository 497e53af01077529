enum Big {
  LARGE = 2147483648
}

enum Next {
  LAST = 2147483647
  OVER
}
