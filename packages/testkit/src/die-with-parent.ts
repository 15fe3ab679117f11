/** Loaded before a process that {@link spawnNode} starts: when the starter is gone, its end of the pipe closes. */
import { Socket } from "node:net";

/** Names the file descriptor of the pipe. */
export const parentFdVariable = "HIKYAKU_PARENT_FD";

const fd = process.env[parentFdVariable];
// Processes started in turn do not inherit the pipe.
delete process.env[parentFdVariable];
if (fd !== undefined) {
  const pipe = new Socket({ fd: Number(fd), readable: true, writable: false });
  pipe.on("error", () => {});
  pipe.on("close", () => process.kill(process.pid, "SIGKILL"));
  pipe.resume();
  pipe.unref();
}
