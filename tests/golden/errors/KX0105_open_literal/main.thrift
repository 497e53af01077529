const string GREETING = "hello
const string PARTING = "bye"
