Feature: 合同履行跟踪
  Each month the business department reports and contract management checks; problems are coordinated, and late delivery goes to the
  department manager, until the contract is performed.

  Background:
    Given the demonstration company
    And the calendar of 2026
    And the time is "2026-03-02 09:00"
    When "zhou.jie" starts "contract" with:
      | field          | value              |
      | contract_title | 办公设备销售合同   |
      | contract_type  | sales              |
      | text_source    | own                |
      | owner          | zhang.wei          |
      | party_name     | 华星电子有限公司   |
      | party_code     | 91310000MA1FL0AB2X |
      | party_contact  | 陆涛               |
      | party_checked  | true               |
      | subject        | 办公设备及安装     |
      | quantity       | 40 套              |
      | quality        | 符合出厂标准       |
      | amount         | 86000              |
      | currency       | CNY                |
      | direction      | receive            |
      | payment_terms  | 交付后三十天内付清 |
      | start_on       | 2026-03-05         |
      | perform_by     | 2026-05-20         |
      | expires_on     | 2027-03-04         |
      | place          | 对方仓库           |
      | manner         | 送货上门           |
      | breach         | 迟延一天付千分之一 |
      | dispute        | 公司所在地法院     |
      | has_parties    | true               |
      | has_subject    | true               |
      | has_quantity   | true               |
      | has_quality    | true               |
      | has_price      | true               |
      | has_term       | true               |
      | has_place      | true               |
      | has_manner     | true               |
      | has_breach     | true               |
      | has_dispute    | true               |
      | files          | file:销售合同.pdf  |
      | seal           | contract_seal      |
      | copies         | 4                  |
    And "wang.jianhua" completes "Task_review" with outcome "pass" with:
      | field        | value |
      | legality     | ok    |
      | completeness | ok    |
      | accuracy     | ok    |
    Then the instance has called "seal_use"
    And in the called instance
    When "wang.jianhua" completes "Task_manager" with outcome "approve"
    And "gao.yun" completes "Task_check" with outcome "accept" with:
      | field      | value        |
      | check_note | 与审批表相符 |
    And "gao.yun" completes "Task_stamp" with outcome "record" with:
      | field         | value           |
      | stamped_now   | 4               |
      | stamped_files | file:盖章后.pdf |
    Then in the calling instance
    When the time is "2026-03-03 10:00"
    And "zhou.jie" completes "Task_sign" with:
      | field            | value                                                                                                                              |
      | signed_on        | 2026-03-03                                                                                                                         |
      | effective_on     | 2026-03-03                                                                                                                         |
      | our_signer       | 陈国栋                                                                                                                             |
      | party_signer     | 陆涛                                                                                                                               |
      | originals_signed | 2                                                                                                                                  |
      | signed_files     | file:双方签好.pdf                                                                                                                  |
      | distribution     | =[{department: "business_development", copies: 1, duty: "按期交付和安装"}, {department: "finance", copies: 1, duty: "开票和收款"}] |
    And "liu.yang" completes "Task_receipt" with:
      | field         | value |
      | copy_received | true  |
      | duty_clear    | true  |
    And "tang.hui" completes "Task_receipt" with:
      | field         | value    |
      | copy_received | true     |
      | duty_clear    | true     |
      | receipt_note  | 四月开票 |
    Then the instance has called "contract_tracking"
    And in the called instance

  Scenario: 跟踪到第四个月，问题先由部门经理决定、再协调解决，最后履行完毕
    When the time is "2026-04-01 10:00"
    And "zhang.wei" completes "Task_report" with:
      | field       | value      |
      | stage       | performing |
      | percent     | 30         |
      | settled     | 0          |
      | invoiced    | 0          |
      | report_note | 首批到货   |
    And "zhou.jie" completes "Task_track" with outcome "on_track" with:
      | field      | value      |
      | track_note | 已电话核对 |
    Then in the calling instance
    And the register "contract_ledger" shows:
      | no           | stage  | percent | tracked_on | risk | state |
      | HT-2026-0001 | 履行中 | 30      | 2026-04-01 |      | 履行  |
    And in the called instance
    When the time is "2026-05-06 09:30"
    And "zhang.wei" completes "Task_report" with:
      | field        | value                      |
      | stage        | delivered                  |
      | percent      | 80                         |
      | delivered_on | 2026-05-05                 |
      | settled      | 30000                      |
      | invoiced     | 30000                      |
      | report_note  | 全部交付，对方对质量有异议 |
    And "zhou.jie" completes "Task_track" with outcome "problem" and comment "对方拒付第二笔款" with:
      | field      | value        |
      | track_note | 双方各执一词 |
    Then the instance waits in "Task_coordinate" for "zhou.jie"
    And the task "Task_coordinate" is due "2026-05-12 18:00"
    And in the calling instance
    And the register "contract_ledger" shows:
      | no           | settled | open  | risk             |
      | HT-2026-0001 | 30000   | 56000 | 对方拒付第二笔款 |
    And in the called instance
    When "zhou.jie" completes "Task_coordinate" with outcome "unsolved" and comment "对方坚持免费返工" with:
      | field       | value      |
      | measure     | 返工费各半 |
      | responsible | zhang.wei  |
      | solve_by    | 2026-05-15 |
    Then the instance waits in "Task_decide" for "wang.jianhua"
    When "wang.jianhua" completes "Task_decide" with:
      | field       | value                        |
      | instruction | 返工费由我方承担，货款按期付 |
    Then the document "performance_record" contains "返工费由我方承担，货款按期付"
    When the time is "2026-06-01 09:00"
    And "zhang.wei" completes "Task_report" with:
      | field        | value      |
      | stage        | accepted   |
      | percent      | 90         |
      | delivered_on | 2026-05-05 |
      | settled      | 56000      |
      | invoiced     | 56000      |
      | report_note  | 返工完成   |
    And "zhou.jie" completes "Task_track" with outcome "problem" and comment "尾款晚付" with:
      | field      | value    |
      | track_note | 尾款未到 |
    And "zhou.jie" completes "Task_coordinate" with outcome "solved" with:
      | field       | value                    |
      | measure     | 对方书面承诺六月底前付清 |
      | responsible | zhang.wei                |
      | solve_by    | 2026-06-30               |
    Then in the calling instance
    And the register "contract_ledger" shows:
      | no           | stage  | overdue | risk |
      | HT-2026-0001 | 已验收 | false   |      |
    And in the called instance
    When the time is "2026-07-01 09:00"
    And "zhang.wei" completes "Task_report" with:
      | field        | value      |
      | stage        | settled    |
      | percent      | 100        |
      | delivered_on | 2026-05-05 |
      | settled      | 86000      |
      | invoiced     | 86000      |
      | report_note  | 尾款到账   |
    And "zhou.jie" completes "Task_track" with outcome "fulfilled" with:
      | field      | value          |
      | track_note | 与财务核对无误 |
    Then the instance is completed
    And in the calling instance
    And the variable "fulfilled_on" is "2026-07-01"
    And the register "contract_ledger" shows:
      | no           | settled | open | fulfilled_on | state  |
      | HT-2026-0001 | 86000   | 0    | 2026-07-01   | 待归档 |
    And the history verifies

  Scenario: 交付逾期报部门经理督办，新的期限再过再督办
    When the time is "2026-04-01 10:00"
    And "zhang.wei" completes "Task_report" with:
      | field       | value      |
      | stage       | performing |
      | percent     | 30         |
      | settled     | 0          |
      | invoiced    | 0          |
      | report_note | 生产中     |
    And "zhou.jie" completes "Task_track" with outcome "on_track" with:
      | field      | value  |
      | track_note | 已核对 |
    And the time is "2026-05-20 23:00"
    Then the variable "overdue" is null
    When the time is "2026-05-21 08:00"
    Then the instance waits in "Task_urge" for "wang.jianhua"
    And the task "Task_urge" is due "2026-05-25 18:00"
    And in the calling instance
    And the register "contract_ledger" shows:
      | no           | deadline   | overdue | state |
      | HT-2026-0001 | 2026-05-20 | true    | 履行  |
    And in the called instance
    When the time is "2026-05-25 18:00"
    Then "wang.jianhua" has a reminder about "Task_urge"
    When "wang.jianhua" completes "Task_urge" with:
      | field        | value            |
      | late_reason  | 供货商停产       |
      | urge_measure | 改从备选厂家进货 |
      | deadline     | 2026-06-10       |
    And the time is "2026-06-11 09:00"
    Then the instance waits in "Task_urge" for "wang.jianhua"
    And the variable "overdue" is true
    When "wang.jianhua" completes "Task_urge" with:
      | field        | value      |
      | late_reason  | 运输延误   |
      | urge_measure | 派人押运   |
      | deadline     | 2026-06-30 |
    And "zhang.wei" completes "Task_report" with:
      | field        | value      |
      | stage        | delivered  |
      | percent      | 100        |
      | delivered_on | 2026-06-11 |
      | settled      | 0          |
      | invoiced     | 0          |
      | report_note  | 今天到货   |
    And "zhou.jie" completes "Task_track" with outcome "on_track" with:
      | field      | value  |
      | track_note | 已验货 |
    And the time is "2026-07-01 08:00"
    Then in the calling instance
    And the register "contract_ledger" shows:
      | no           | deadline   | stage  | overdue |
      | HT-2026-0001 | 2026-06-30 | 已交付 | true    |
    And the history verifies

  Scenario: 合同撤销，跟踪一并停止
    Then in the calling instance
    When "admin" cancels it with reason "合同无效"
    Then the instance is cancelled
    And the register "contract_ledger" shows:
      | no           | state  |
      | HT-2026-0001 | 已撤销 |
    And in the called instance
    And the instance is cancelled
