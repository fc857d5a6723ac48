// Every call of @segment/analytics-node, in batches of four; says what could not be delivered.
import { Analytics } from "@segment/analytics-node";

const [writeKey, host, anonymousId, said] = process.argv.slice(2);
const { account: userId, email, phone } = JSON.parse(said);
const analytics = new Analytics({ writeKey, host, flushAt: 4, flushInterval: 100 });
const failed = [];
analytics.on("error", (error) => failed.push(error));
analytics.on("call_after_close", (event) => failed.push(event));

analytics.page({ anonymousId, name: "Oolong", properties: { url: "https://shop.example/oolong?x=1" } });
analytics.track({ anonymousId, event: "Product Viewed", properties: { product_id: "TEA-1", name: "Oolong" } });
analytics.track({ anonymousId, event: "Product Added", properties: { product_id: "TEA-1", quantity: 2 } });
analytics.identify({ userId, anonymousId, traits: { email, phone } });
await analytics.flush();
analytics.track({ userId, anonymousId, event: "Order Completed", properties: { order_id: "A1", products: [{}, {}] } });
analytics.track({ userId, anonymousId, event: "Liked the film", properties: { film: "harvest", email } });
analytics.screen({ anonymousId, name: "Basket" });
analytics.group({ userId, anonymousId, groupId: "guild" });
analytics.alias({ userId, previousId: `${anonymousId}-before` });
await analytics.closeAndFlush();
if (failed.length) {
  console.error(JSON.stringify(failed.map(String)));
  process.exit(1);
}
