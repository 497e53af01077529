struct Chunk {
  1: binary data
}

service FileService {
  Chunk Upload(1: Chunk chunk)
}
