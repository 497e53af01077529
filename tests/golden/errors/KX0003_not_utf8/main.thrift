// café
const string GREETING = "olá"
