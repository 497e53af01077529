service Log {
  async void write(1: string line)
}
