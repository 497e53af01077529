namespace py demo.base

service Base {
  void ping()
}
