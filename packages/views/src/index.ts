export { campaignView } from "./campaign-view.ts";
export { messageView } from "./message-view.ts";
export { renderedText } from "./rendered-text.ts";
