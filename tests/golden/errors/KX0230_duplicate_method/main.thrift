service Users {
  void rename(1: string name)
  void rename(1: i64 id, 2: string name)
}
