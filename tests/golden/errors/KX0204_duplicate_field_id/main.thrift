struct EchoRequest {
  1: required string message
  1: optional i32 count
}

service Echo {
  string echo(1: string text, 1: i32 times)
}
