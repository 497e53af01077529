service AuditService {
  oneway void Record(1: string line)
}
