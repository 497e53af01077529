//! What a handler may know of its caller. Volo gives handlers no context, so a layer keeps it for them.

use std::time::Duration;

use volo::{context::Context, layer::Layer, service::Service, FastStr};
use volo_thrift::context::ServerContext;

tokio::task_local! {
    /// The call that is served by this task.
    pub static CALL: Call;
}

#[derive(Clone)]
pub struct Call {
    pub caller: FastStr,
    pub timeout: Option<Duration>,
}

pub struct TellCaller;

impl<S> Layer<S> for TellCaller {
    type Service = TellingCaller<S>;

    fn layer(self, inner: S) -> Self::Service {
        TellingCaller(inner)
    }
}

pub struct TellingCaller<S>(S);

impl<S, Request> Service<ServerContext, Request> for TellingCaller<S>
where
    S: Service<ServerContext, Request> + Sync + Send + 'static,
    Request: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;

    async fn call(&self, cx: &mut ServerContext, request: Request) -> Result<S::Response, S::Error> {
        let call = Call {
            caller: cx.rpc_info().caller().service_name(),
            timeout: cx.rpc_info().config().rpc_timeout(),
        };
        CALL.scope(call, self.0.call(cx, request)).await
    }
}
