// One client of npm by name, against a Tend: `node run.mjs NAME ADDRESS`. Prints what the client believes, as JSON,
// and stays until it is told to end, because some send what they hold a while later.
import { page } from './page.mjs';

const [name, tend] = process.argv.slice(2);
const PAGE = 'https://svc.example/apply?utm_source=nl&utm_campaign=spring';

/** What a package of the older kind offers, however it is wrapped. */
const own = (module) => module.default?.default ?? module.default;

const clients = {
  async 'plausible-tracker'() {
    page(PAGE);
    const Plausible = own(await import('plausible-tracker'));
    const plausible = Plausible({ domain: 'svc.example', apiHost: tend, trackLocalhost: true });
    await new Promise((done) => plausible.trackPageview({}, { callback: done }));
    await new Promise((done) => plausible.trackEvent('signup', { props: { plan: 'a' }, callback: done }));
    return 'called back twice';
  },
  async '@plausible-analytics/tracker'() {
    page(PAGE);
    const { init, track } = await import('@plausible-analytics/tracker');
    init({ domain: 'svc.example', endpoint: `${tend}/api/event`, autoCapturePageviews: false, captureOnLocalhost: true });
    const told = (name, options) => new Promise((done) => track(name, { ...options, callback: ({ status, error }) => done(status ?? String(error)) }));
    return [await told('pageview', {}), await told('Submit application', { props: { step: '3' } })];
  },
  async '@umami/node'() {
    const umami = own(await import('@umami/node'));
    umami.init({ websiteId: '11111111-1111-4111-8111-111111111111', hostUrl: tend });
    const answers = [
      await umami.track({ url: '/apply', hostname: 'svc.example', title: 'Apply' }),
      await umami.track('signup-umami', { plan: 'a' }),
      await umami.identify({ role: 'x' }),
    ];
    return answers.map(({ status }) => status);
  },
  async 'posthog-node'() {
    const { PostHog } = await import('posthog-node');
    const errors = [];
    const posthog = new PostHog('phc_node', { host: tend, flushAt: 1, flushInterval: 0 });
    posthog.on('error', (error) => errors.push(String(error)));
    posthog.capture({ distinctId: 'u1', event: 'page viewed', properties: { $current_url: PAGE } });
    await posthog.shutdown();
    return errors;
  },
  async 'posthog-js'() {
    page(PAGE);
    const posthog = own(await import('posthog-js'));
    const errors = [];
    posthog.init('phc_js', {
      api_host: tend, persistence: 'memory', autocapture: false, capture_pageview: false, disable_session_recording: true,
      disable_surveys: true, advanced_disable_flags: true, disable_external_dependency_loading: true, opt_out_useragent_filter: true,
      on_request_error: (answer) => errors.push(answer.statusCode),
    });
    posthog.capture('$pageview');
    posthog.capture('submit', { step: 3 });
    return errors;
  },
  async 'matomo-tracker'() {
    const Matomo = own(await import('matomo-tracker'));
    const matomo = new Matomo(7001, `${tend}/matomo.php`);
    const errors = [];
    matomo.on('error', (error) => errors.push(String(error)));
    matomo.track({ url: 'https://svc.example/apply', action_name: 'Apply', uid: 'u2' });
    const bulk = await new Promise((done) => matomo.trackBulk([{ url: 'https://svc.example/a' }, { url: 'https://svc.example/b' }], done));
    return { errors, bulk: JSON.parse(bulk) };
  },
  async '@snowplow/node-tracker'() {
    const snowplow = await import('@snowplow/node-tracker');
    const answers = [];
    const note = (kind) => (...given) => answers.push([kind, given[0]?.length ?? given[0]]);
    const tracker = snowplow.newTracker(
      { namespace: 'ns', appId: 'snow-node', encodeBase64: false },
      { endpoint: tend, eventMethod: 'post', bufferSize: 1, onRequestSuccess: note('sent'), onRequestFailure: note('failed') },
    );
    tracker.track(snowplow.buildPageView({ pageUrl: 'https://svc.example/apply', pageTitle: 'Apply' }));
    tracker.track(snowplow.buildStructEvent({ category: 'form', action: 'submit', label: 'apply' }));
    await tracker.flush?.();
    return answers;
  },
  async opentelemetry() {
    const { BasicTracerProvider, SimpleSpanProcessor } = await import('@opentelemetry/sdk-trace-base');
    const { resourceFromAttributes } = await import('@opentelemetry/resources');
    const proto = await import('@opentelemetry/exporter-trace-otlp-proto');
    const http = await import('@opentelemetry/exporter-trace-otlp-http');
    const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-http');
    const { MeterProvider, PeriodicExportingMetricReader } = await import('@opentelemetry/sdk-metrics');
    const { OTLPLogExporter } = await import('@opentelemetry/exporter-logs-otlp-proto');
    const { LoggerProvider, BatchLogRecordProcessor } = await import('@opentelemetry/sdk-logs');
    const resource = resourceFromAttributes({ 'service.name': 'web-otel' });
    const headers = { 'x-tend-key': 'otel-key' };
    const answers = [];
    /** The exporter itself, with a note of what it answered. */
    const noted = (exporter) => {
      const plain = exporter.export.bind(exporter);
      exporter.export = (batch, done) => plain(batch, (result) => { answers.push([result.code, result.error?.message]); done(result); });
      return exporter;
    };
    const exporters = [
      noted(new proto.OTLPTraceExporter({ url: `${tend}/v1/traces`, headers })),
      noted(new http.OTLPTraceExporter({ url: `${tend}/v1/traces`, headers, compression: 'gzip' })),
    ];
    for (const exporter of exporters) {
      const provider = new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(exporter)] });
      provider.getTracer('t').startSpan('GET /apply').end();
      await provider.forceFlush();
      await provider.shutdown();
    }
    const reader = new PeriodicExportingMetricReader({ exporter: noted(new OTLPMetricExporter({ url: `${tend}/v1/metrics`, headers })) });
    const meters = new MeterProvider({ resource, readers: [reader] });
    meters.getMeter('m').createCounter('applications').add(2, { channel: 'web' });
    await meters.forceFlush();
    const logs = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter: noted(new OTLPLogExporter({ url: `${tend}/v1/logs`, headers })) })] });
    logs.getLogger('l').emit({ body: 'payment refused', severityNumber: 17 });
    await logs.forceFlush();
    return answers;
  },
};
console.log(JSON.stringify((await clients[name]()) ?? null));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
