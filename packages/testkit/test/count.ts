/** Prints its arguments and some of its environment, and stays unless told to end. */
console.log(`counting ${process.argv.slice(2).join(",")} ${process.env.GREETING ?? "-"}`);
if (process.argv[2] === "fail") {
  console.error("no such wheel");
  process.exit(7);
}
setInterval(() => {}, 60_000);
