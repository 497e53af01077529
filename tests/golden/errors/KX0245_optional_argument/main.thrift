service Users {
  void find(1: optional string name)
}
