const string SHORT = "\u12"
const string HALF = "\ud83d\ude00"
