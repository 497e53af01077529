service UserService {
  void Ping()
  void Reload()
}
