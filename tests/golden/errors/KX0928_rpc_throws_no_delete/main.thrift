exception NotFound {
  1: string what
}

service UserService {
  void Delete(1: i64 id)
}
