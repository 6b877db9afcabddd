import { connectCrowd } from '../crowd.ts';
import { latencies, measureWindow, type Usage } from '../measure.ts';
import { nextMessage, textOf } from '../message-text.ts';
import type { Client } from '../system.ts';
import type { Trial } from '../workloads.ts';
import type { Room } from '../world.ts';

export interface ChatPlan {
  /** How many people are connected: the users from 0. */
  people: number;
  roomOf: (user: number) => Room;
  /** How many of them send. */
  senders: number;
  /** How many people a message is delivered to, its sender not counted. */
  recipients: number;
  /** Messages a second, sent on schedule. Without it, each sender's next message follows the end of the last. */
  rate?: number | undefined;
}

/** What was over within the measured window. */
export interface ChatResult {
  usage: Usage;
  messages: number;
  deliveries: number;
  /** From the sending (on schedule: from when it was due) to the acknowledgement, and to the last delivery. */
  ack: ReturnType<typeof latencies>;
  delivery: ReturnType<typeof latencies>;
}

interface Flight {
  sender: Client;
  at: number;
  acked: boolean;
  delivered: number;
}

/** People write to each other. A message is over when it is acknowledged and delivered to everybody. */
export async function chat({ system, processes, timing }: Trial, plan: ChatPlan): Promise<ChatResult> {
  const flights = new Map<number, Flight>();
  const ack = latencies();
  const delivery = latencies();
  let messages = 0;
  let deliveries = 0;
  let measuringSince = Number.POSITIVE_INFINITY;
  let measuring = false;
  let running = true;

  const users = Array.from({ length: plan.people }, (_, user) => user);
  using crowd = await connectCrowd(system, users, plan.roomOf, { onAck, onDelivery });
  const senders = crowd.clients.filter(({ user }) => user < plan.senders);

  const stopSending = plan.rate === undefined ? startClosedLoops() : startSchedule(plan.rate);
  const usage = await measureWindow(processes, timing, (now) => {
    measuring = now;
    if (now) measuringSince = performance.now();
  });
  running = false;
  stopSending();
  crowd.check();
  return { usage, messages, deliveries, ack, delivery };

  function onAck(message: number): void {
    const flight = flights.get(message);
    if (!flight || flight.acked) return;
    flight.acked = true;
    note(ack, flight);
    endIfOver(message, flight);
  }

  function onDelivery(message: number, user: number): void {
    const flight = flights.get(message);
    if (!flight || user === flight.sender.user) return;
    flight.delivered++;
    if (measuring) deliveries++;
    if (flight.delivered < plan.recipients) return;
    note(delivery, flight);
    endIfOver(message, flight);
  }

  function note(durations: ReturnType<typeof latencies>, { at }: Flight): void {
    if (measuring && at >= measuringSince) durations.add(performance.now() - at);
  }

  function endIfOver(message: number, { sender, acked, delivered }: Flight): void {
    if (!acked || delivered < plan.recipients) return;
    flights.delete(message);
    if (measuring) messages++;
    if (running && plan.rate === undefined) send(sender);
  }

  function send(sender: Client, at = performance.now()): void {
    const message = nextMessage();
    flights.set(message, { sender, at, acked: false, delivered: 0 });
    sender.send(textOf(message), message);
  }

  function startClosedLoops(): () => void {
    for (const sender of senders) send(sender);
    return () => {};
  }

  /** Sends what is due each millisecond; what goes out late still counts from when it was due. */
  function startSchedule(rate: number): () => void {
    const begin = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      const due = ((performance.now() - begin) / 1000) * rate;
      for (; sent < due; sent++) send(senders[sent % senders.length]!, begin + (sent / rate) * 1000);
    }, 1);
    return () => clearInterval(timer);
  }
}
