exception Missing {}

service Users {
  void find() throws (1: Missing user, 2: Missing group)
}
