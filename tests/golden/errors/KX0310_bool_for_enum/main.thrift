enum Level {
  OFF = 0
  ON = 1
}

const Level START = true
