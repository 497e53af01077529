exception Missing {}

service Users {
  void find() throws (1: required Missing missing)
}
