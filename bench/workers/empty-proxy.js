// The platform's floor: a Worker that only proxies. Nothing in Workers forwards a request with less.

export default {
  fetch: (request, env) => env.ORIGIN.fetch(request),
};
