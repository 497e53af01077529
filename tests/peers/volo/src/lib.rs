//! What client and server share: the generated code, and the clients' settings.

#[allow(warnings, clippy::all)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/idl.rs"));
}

pub use generated::idl::{echo, probe};

/// The name this server gives itself, towards its clients and, in `relay`, towards the next server.
pub const SERVER_NAME: &str = "volo-server";

/// What a client calls itself; the tests know it.
pub const CLIENT_NAME: &str = "kitex-client";

/// A client of one generated service: its builder with the transport put in, which gives it another type each time.
#[macro_export]
macro_rules! client {
    ($builder:ty, $caller:expr, $address:expr, $transport:expr, $timeout:expr) => {{
        use volo_thrift::codec::default::{thrift::MakeThriftCodec, ttheader::MakeTTHeaderCodec, DefaultMakeCodec};
        let address: std::net::SocketAddr = $address.parse()?;
        let builder = <$builder>::new("volo-peer")
            .caller_name($caller)
            .address(volo::net::Address::from(address))
            // Volo's 50 ms can pass on a busy machine before anybody accepts.
            .connect_timeout(Some(std::time::Duration::from_secs(5)))
            .rpc_timeout($timeout);
        match $transport {
            "framed" => builder.make_codec(DefaultMakeCodec::framed()).build(),
            "buffered" => builder.make_codec(DefaultMakeCodec::buffered()).build(),
            "ttheaderframed" => builder.build(),
            "ttheader" => {
                let bare = MakeTTHeaderCodec::new(MakeThriftCodec::default());
                builder.make_codec(DefaultMakeCodec::new(bare)).build()
            }
            other => anyhow::bail!("no transport {other:?}"),
        }
    }};
}
