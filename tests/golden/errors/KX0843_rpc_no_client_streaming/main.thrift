struct UploadRequest {
  1: binary chunk
}

service FileService {
  void Upload(1: UploadRequest req) (streaming.mode = "client")
}
