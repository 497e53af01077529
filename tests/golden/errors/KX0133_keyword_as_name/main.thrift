struct list {
  1: i32 string
}

service Lists {
  void include(1: i32 struct) (const = "1")
}
