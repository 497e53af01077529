//! Echo, and LoudEcho that extends it.

use volo::FastStr;
use volo_peers::{
    echo::{Echo, EchoEchoException, EchoSmallException, Ex, Req, Resp, Small},
    probe::LoudEcho,
};
use volo_thrift::{MaybeException, ServerError};

#[derive(Clone)]
pub struct Handler;

/// The methods that both services have: Rust wants them written for each.
macro_rules! echo_methods {
    () => {
        async fn echo(&self, req: Req) -> Result<MaybeException<Resp, EchoEchoException>, ServerError> {
            let msg = req.msg.unwrap_or_default();
            if msg == "boom" {
                let raised = Ex {
                    code: Some(7),
                    msg: Some("boom".into()),
                };
                return Ok(MaybeException::Exception(EchoEchoException::E(raised)));
            }
            Ok(MaybeException::Ok(Resp {
                msg: Some(msg),
                n: req.n,
            }))
        }

        async fn hello(&self, name: FastStr) -> Result<FastStr, ServerError> {
            Ok(format!("hi {name}").into())
        }

        async fn nop(&self) -> Result<(), ServerError> {
            Ok(())
        }

        async fn fire(&self, _: FastStr) -> Result<(), ServerError> {
            Ok(())
        }

        async fn small(&self, req: Small) -> Result<MaybeException<Small, EchoSmallException>, ServerError> {
            Ok(MaybeException::Ok(answered(req)))
        }

        async fn un(&self, req: Small) -> Result<Small, ServerError> {
            Ok(answered(req))
        }

        /// Volo knows nothing of streams over TTHeader: to it this is a method like any other.
        async fn bidi(&self, req: Small) -> Result<Small, ServerError> {
            Ok(answered(req))
        }
    };
}

impl Echo for Handler {
    echo_methods!();
}

impl LoudEcho for Handler {
    echo_methods!();

    async fn shout(&self, text: FastStr) -> Result<FastStr, ServerError> {
        Ok(text.to_ascii_uppercase().into())
    }
}

fn answered(req: Small) -> Small {
    Small {
        msg: Some(format!("re:{}", req.msg.unwrap_or_default()).into()),
    }
}
