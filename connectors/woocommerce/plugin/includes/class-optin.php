<?php
/**
 * The box at the checkout: news by e-mail, yes or no. Never ticked beforehand.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * In the block checkout WooCommerce's additional field, in the classic one a box under the address.
 */
class Optin {

	const FIELD = 'reprise/optin';

	/**
	 * Listen.
	 *
	 * @return void
	 */
	public static function hook() {
		if ( ! self::is_shown() ) {
			return;
		}
		add_action( 'woocommerce_init', array( __CLASS__, 'add_to_blocks' ) );
		add_action( 'woocommerce_set_additional_field_value', array( __CLASS__, 'heard' ), 10, 2 );
		add_filter( 'woocommerce_form_field_checkbox', array( __CLASS__, 'leave_to_account' ), 10, 2 );
		add_action( 'woocommerce_after_checkout_billing_form', array( __CLASS__, 'add_to_classic' ) );
	}

	/**
	 * Does the merchant want it?
	 *
	 * @return bool
	 */
	public static function is_shown() {
		return Preferences::all()['has_box'] && Connection::is_made();
	}

	/**
	 * The block checkout's field.
	 *
	 * @return void
	 */
	public static function add_to_blocks() {
		if ( ! function_exists( 'woocommerce_register_additional_checkout_field' ) ) {
			return;
		}
		woocommerce_register_additional_checkout_field(
			array(
				'id'            => self::FIELD,
				'label'         => Preferences::box_label(),
				'optionalLabel' => Preferences::box_label(),
				'location'      => 'contact',
				'type'          => 'checkbox',
				'required'      => false,
			)
		);
	}

	/**
	 * The block checkout tells what is in its field.
	 *
	 * @param string $key   Which field.
	 * @param mixed  $value What is in it.
	 * @return void
	 */
	public static function heard( $key, $value ) {
		if ( self::FIELD === $key ) {
			Email_Capture::hear( (bool) $value );
		}
	}

	/**
	 * WooCommerce shows its field in the account as well, where Account_Optin has the true answer.
	 *
	 * @param string $html The field.
	 * @param string $key  Its name.
	 * @return string
	 */
	public static function leave_to_account( $html, $key ) {
		return '_wc_other/' . self::FIELD === $key && is_account_page() ? '' : $html;
	}

	/**
	 * The classic checkout's box.
	 *
	 * @return void
	 */
	public static function add_to_classic() {
		woocommerce_form_field(
			'reprise_optin',
			array(
				'type'     => 'checkbox',
				'class'    => array( 'form-row-wide' ),
				'label'    => esc_html( Preferences::box_label() ),
				'required' => false,
				'default'  => 0,
			),
			0
		);
	}

	/**
	 * WooCommerce fills its fields in with what the customer chose the last time; a box for
	 * marketing must not be ticked when the next order begins.
	 *
	 * @return void
	 */
	public static function untick() {
		$key = '_wc_other/' . self::FIELD;
		if ( WC()->customer ) {
			WC()->customer->delete_meta_data( $key );
			WC()->customer->save();
		}
		if ( get_current_user_id() ) {
			delete_user_meta( get_current_user_id(), $key );
		}
	}

	/**
	 * Tell the app what somebody said.
	 *
	 * @param string $email  Who.
	 * @param bool   $yes    What they said.
	 * @param string $source Where: checkout, form, account or privacy.
	 * @return void
	 */
	public static function tell( $email, $yes, $source ) {
		Outbox::add(
			'reprise.consent',
			array(
				'email'   => $email,
				'channel' => 'email',
				'state'   => $yes ? 'subscribed' : 'unsubscribed',
				'at'      => Clock::iso(),
				'source'  => $source,
			)
		);
	}
}
