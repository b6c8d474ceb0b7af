"""How yuqing.yaml is read: lines, forms, rules, values. `yuqing.config` is the door."""
