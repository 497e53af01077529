struct Base {
  1: string log_id
}
