service AuditService {
  void Record(1: string line)
}
