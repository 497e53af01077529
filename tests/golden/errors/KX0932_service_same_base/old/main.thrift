service HealthService {
  void Ping()
}

service UserService extends HealthService {
}
