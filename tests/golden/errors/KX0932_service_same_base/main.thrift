service HealthService {
  void Ping()
}

service UserService {
  void Ping()
}
