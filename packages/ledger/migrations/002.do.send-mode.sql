-- A message's status must be asked the way the message was sent (KDDI: X-Fallback and its tokens), so that way is kept. It is
-- the provider's own word; nothing else reads it. Null for messages from before, and where nothing was sent yet.
alter table message add column send_mode text;

-- The channel a notification names: a message sent with fallback may not know its own from the answer.
alter table receipt_raw add column channel text;
