//! A Volo server for tests: the services of echo.thrift and probe.thrift on one port, as far as Volo has them.
//!
//! It prints one JSON line, {"address": "127.0.0.1:40000"}, as soon as connections are taken, and serves until its
//! standard input ends, so that it never outlives the test that started it.

use tokio::{io::AsyncReadExt, net::TcpListener};
use volo::net::incoming::DefaultIncoming;
use volo_peers::{echo::EchoServer, probe::LoudEchoServer, probe::ProbeServer};
use volo_thrift::server::{panic_handler::log_and_return_exception, Router, Server};

#[path = "../handlers/mod.rs"]
mod handlers;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!(
        "{}",
        serde_json::json!({ "address": listener.local_addr()?.to_string() })
    );
    let router = Router::new()
        .with_default_service(ProbeServer::from_handler(handlers::probe::Handler::default()))
        .add_service(EchoServer::from_handler(handlers::echo::Handler))
        .add_service(LoudEchoServer::from_handler(handlers::echo::Handler));
    let serving = Server::with_router(router)
        .layer_front(volo::catch_panic::Layer::new(log_and_return_exception))
        .layer(handlers::caller::TellCaller)
        .run(DefaultIncoming::from(listener));
    let mut ignored = Vec::new();
    let mut input = tokio::io::stdin();
    tokio::select! {
        ended = serving => ended.map_err(anyhow::Error::from_boxed),
        _ = input.read_to_end(&mut ignored) => std::process::exit(0),
    }
}
