struct Chunk {
  1: binary data
}

service FileService {
  Chunk Download(1: Chunk chunk)
}
