struct Problem {}

service Users {
  void rename(1: string name) throws (1: Problem problem)
}
