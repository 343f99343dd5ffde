package dev.reactiveimports;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reactiveimports.SimulationWeather.Fate;
import dev.reactiveimports.SimulationWeather.Fault;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** The network between a client and its service: every exchange belongs to the subscriber that its context names. */
final class SimulationWire implements HttpExchange {

    private final SimulationClock clock;
    private final SimulationService service;
    private final SimulationWeather weather;
    private final SimulationLog log;
    int inFlight;
    int mostInFlight;
    int begun;
    boolean closed;

    SimulationWire(SimulationClock clock, SimulationService service, SimulationWeather weather, SimulationLog log) {
        this.clock = clock;
        this.service = service;
        this.weather = weather;
        this.log = log;
    }

    @Override
    public <T> Mono<T> exchange(HttpCall<T> call, String key, Observer observer) {
        return Mono.deferContextual(context -> {
            SimulationCalls calls = context.getOrDefault(SimulationCalls.class, null);
            if (calls == null) {
                log.violation(
                        "wire",
                        "an exchange without the subscriber's context: "
                                + call.request().uri());
                return Mono.error(new IllegalStateException("no context"));
            }
            return Mono.create(sink -> new Exchange<>(call, observer, calls, sink).begin());
        });
    }

    private final class Exchange<T> {

        private final HttpCall<T> call;
        private final Observer observer;
        private final SimulationCalls calls;
        private final MonoSink<T> sink;
        private final String name;
        private final Fate fate;
        private boolean sent;
        private boolean over;

        Exchange(HttpCall<T> call, Observer observer, SimulationCalls calls, MonoSink<T> sink) {
            this.call = call;
            this.observer = observer;
            this.calls = calls;
            this.sink = sink;
            this.name = call.request().method()
                    + call.request().uri().substring(call.request().uri().indexOf("/imports") + 8);
            this.fate = fateOf();
        }

        private Fate fateOf() {
            Fate drawn = weather.fate(clock.millis());
            SimulationImport asked = service.imports.get(name.substring(name.indexOf('/') + 1));
            if (name.startsWith("GET/") && asked != null && asked.failing.has(clock.millis())) {
                Fault own = asked.failingStatus == 0 ? Fault.HANG_AFTER_READ : Fault.STATUS_503;
                return new Fate(own, drawn.toHead(), drawn.toServer(), drawn.toClient(), true);
            }
            return drawn;
        }

        void begin() {
            begun++;
            mostInFlight = Math.max(mostInFlight, ++inFlight);
            log.add(calls.name(), "begins " + name + (fate.fault() == Fault.NONE ? "" : " " + fate.fault()));
            if (closed) {
                log.violation(calls.name(), "an exchange after the client was closed: " + name);
            }
            calls.begins(name, call);
            sink.onDispose(this::disposed);
            clock.after(fate.toHead(), this::writeHead);
        }

        private void disposed() {
            if (!over) {
                over = true;
                inFlight--;
                calls.cancelled(name, call);
                log.add(calls.name(), "cancels " + name);
            }
        }

        private void writeHead() {
            if (over) {
                return;
            }
            if (fate.fault() == Fault.NOT_CONNECTED) {
                fail(new IOException("connection refused"));
                return;
            }
            if (!observer.sending(Instant.ofEpochMilli(SimulationClock.epochMillis(clock.millis())))) {
                return; // given up: whoever did so cancels
            }
            sent = true;
            calls.sends(name, call, body());
            clock.after(fate.toServer(), this::arrive);
        }

        private void arrive() {
            if (over && !(sent && fate.isReadThoughCancelled())) {
                return;
            }
            switch (fate.fault()) {
                case RESET_BEFORE_READ -> fail(new IOException("connection reset"));
                case HANG_BEFORE_READ -> {}
                case RESET_AFTER_READ -> {
                    respond();
                    fail(new IOException("connection reset"));
                }
                case HANG_AFTER_READ -> respond();
                case STATUS_502_AFTER_READ -> {
                    respond();
                    deliverLater(SimulationService.Response.error(502));
                }
                default -> {
                    SimulationService.Response error = weather.response(fate.fault());
                    deliverLater(error == null ? respond() : error);
                }
            }
        }

        private SimulationService.Response respond() {
            if (weather.exceedsRate(clock.millis())) {
                return weather.throttle(weather.longestRetryAfter > 0 ? "1" : null);
            }
            return service.handle(call.request().method().name(), call.request().uri(), body(), clock.millis());
        }

        private String body() {
            ByteBuffer body = call.request().body();
            return body == null ? "" : UTF_8.decode(body.duplicate()).toString();
        }

        private void deliverLater(SimulationService.Response response) {
            clock.after(fate.toClient(), () -> deliver(response));
        }

        private void deliver(SimulationService.Response response) {
            if (over) {
                return;
            }
            observer.responded(response.status());
            if (response.status() != 200) {
                HttpHeaders headers = headers(response.retryAfter());
                JsonError error = new JsonError(null, "status " + response.status());
                fail(HttpFailures.rejected(
                        HttpResponseStatus.valueOf(response.status()), headers, error, Instant.EPOCH, "key"));
                return;
            }
            byte[] bytes = response.body().getBytes(UTF_8);
            observer.received(bytes.length);
            T value;
            try {
                value = call.reader(EmptyHttpHeaders.INSTANCE, "key").read(bytes, 0, bytes.length);
            } catch (ImportsProtocolException invalid) {
                fail(invalid);
                return;
            }
            end();
            calls.succeeds(name, value);
            sink.success(value);
        }

        private static HttpHeaders headers(@Nullable String retryAfter) {
            return retryAfter == null
                    ? EmptyHttpHeaders.INSTANCE
                    : new DefaultHttpHeaders().set(HttpHeaderNames.RETRY_AFTER, retryAfter);
        }

        private void fail(Exception failure) {
            if (!over) {
                end();
                calls.fails(name, call, failure);
                sink.error(failure);
            }
        }

        private void end() {
            over = true;
            inFlight--;
        }
    }
}
